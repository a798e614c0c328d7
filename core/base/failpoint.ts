/**
 * Called when the code passes a place that has a name. A simulation may end the process right there, by throwing; everything else
 * does nothing. Nothing may depend on it.
 */
export type Failpoint<Site extends string> = (site: Site) => void;

export const noFailpoint = (): void => undefined;
