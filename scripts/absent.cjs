// Stands in the bundle for a package that another one asks for, and that nothing here uses.
module.exports = {};
