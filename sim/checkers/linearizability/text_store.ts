import type { TextInput, TextOperation, TextOutput } from '../history/text_operation.ts';
import { type CheckOptions, type LinearizabilityReport, judgePartitions } from './index.ts';
import { type Partition, judgeByModel, splitByKey } from './partition.ts';
import { textModel } from './text_model.ts';
import { milliseconds } from './wording.ts';

/** Judges a history of gets, puts and appends, key by key. */
export function checkTextStore(
  history: readonly TextOperation[],
  { stepsMax, time = milliseconds }: CheckOptions,
): LinearizabilityReport {
  const partitions = [...splitByKey<TextInput, TextOutput>(history, textModel.writes)].map(
    ([key, operations]): Partition<string, TextInput, TextOutput> => ({
      key,
      operations,
      model: textModel,
      judge: judgeByModel(textModel),
    }),
  );
  return judgePartitions(partitions, stepsMax, () => ({
    time,
    refused: [],
    headline: () => null,
    couldMatter: () => false,
  }));
}
