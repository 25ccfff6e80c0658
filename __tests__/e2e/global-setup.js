const { projectRoot } = require("../../fleet/project");
const { provideProvider } = require("./provider");

/** What all end-to-end files have in common, before the first begins. */
module.exports = async () => {
  Object.assign(process.env, await provideProvider(process.env, projectRoot));
};
