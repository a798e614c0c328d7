// The page's model for its unit tests. Its types are those of the page's own project, which has the DOM in its library and
// writes them to dist/viz-types; the test project, which has not, reads them there.
export * from '../../viz/model/density.ts';
export * from '../../viz/model/disk.ts';
export * from '../../viz/model/effects.ts';
export * from '../../viz/model/faults.ts';
export * from '../../viz/model/level_of_detail.ts';
export * from '../../viz/model/linearization.ts';
export * from '../../viz/model/link_cuts.ts';
export * from '../../viz/model/member_state.ts';
export * from '../../viz/model/message_groups.ts';
export * from '../../viz/model/messages.ts';
export * from '../../viz/model/operation_words.ts';
export * from '../../viz/model/operations.ts';
export * from '../../viz/model/rare.ts';
export * from '../../viz/model/roles.ts';
export * from '../../viz/model/run_model.ts';
export * from '../../viz/model/time_index.ts';
export * from '../../viz/layout/label_slots.ts';
export * from '../../viz/layout/rows.ts';
export * from '../../viz/layers/pixels.ts';
export * from '../../viz/scale/time_format.ts';
export * from '../../viz/theme/palette.ts';
export * from '../../viz/timeline/view.ts';
export * from '../../viz/words/event_words.ts';
export * from '../../viz/words/intervention_words.ts';
export * from '../../viz/words/message_words.ts';
export * from '../../viz/load/sources.ts';
