/** The build a run is a function of. A test holds it equal to package.json's version. */
export const version = '0.1.0';

/** The etcd whose API and formats these are, as `endpoint status` and /version tell it. */
export const etcdVersion = '3.4.23';
/** What a cluster of such members agrees on: the patch does not count. */
export const clusterVersion = '3.4.0';
/** The version of a cluster before all members are known. */
export const minClusterVersion = '3.0.0';
