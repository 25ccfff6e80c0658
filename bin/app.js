// What `cdktf synth` runs: see "app" in cdktf.json.
require("./build").ensureBuilt();
require("../dist/app.js");
