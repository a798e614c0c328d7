/** The build a run is a function of. A test holds it equal to package.json's version. */
export const version = '0.1.0';
