// Preloaded with `node --require`: whoever asks for CDKTF gets CDK Terrain. The provider's bindings ask for it, too,
// so an alias in the build of our own sources would not do.
const Module = require("node:module");

const resolve = Module._resolveFilename;
Module._resolveFilename = (request, ...rest) => resolve(request.replace(/^cdktf(?=\/|$)/, "cdktn"), ...rest);
