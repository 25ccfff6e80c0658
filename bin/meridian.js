#!/usr/bin/env node
require("./build").ensureBuilt();
require("../dist/meridian.js");
