const { projectRoot } = require("../../fleet/project");
const { provideProvider } = require("./provider");

/** What all end-to-end files have in common, before the first begins. */
module.exports = () => {
  Object.assign(process.env, provideProvider(process.env, projectRoot));
};
