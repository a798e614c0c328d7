import { describe, expect, it } from 'vitest';
import { firstDifference, laneDifferences, modelOf } from './page_model.ts';
import { TraceStory, headOf, threeMembers } from './story.ts';
import { syntheticRun } from './synthetic_trace.ts';

function told(tell: (story: TraceStory) => void): ReturnType<typeof modelOf>['trace'] {
  const story = new TraceStory();
  tell(story);
  return modelOf({ info: headOf(), trace: story.trace }).trace;
}

describe('the difference of two runs', () => {
  it('is none between equal ones, and the length of a beginning', () => {
    const whole = modelOf(syntheticRun({ events: 3000, violation: false })).trace;
    expect(firstDifference(whole, modelOf(syntheticRun({ events: 3000, violation: false })).trace)).toBe(
      whole.length,
    );
    const part = modelOf(syntheticRun({ events: 1000, violation: false })).trace;
    expect(laneDifferences(whole, whole, threeMembers)).toEqual([]);
    expect(firstDifference(part, whole)).toBe(part.length);
  });

  it('takes texts for what they say, not for their place in the table', () => {
    const a = told((story) => {
      story.at(1, 0, 'note', { text: 'first' });
      story.at(2, 0, 'note', { text: 'same' });
    });
    const b = told((story) => {
      story.trace.string('unused');
      story.at(1, 0, 'note', { text: 'first' });
      story.at(2, 0, 'note', { text: 'same' });
    });
    expect(firstDifference(a, b)).toBe(2);
  });

  it('is found per lane, too, beyond what only shifted', () => {
    const a = told((story) => {
      story.at(1, 1, 'pause');
      story.at(2, 2, 'pause');
      story.at(3, 3, 'pause');
    });
    const b = told((story) => {
      story.at(1, 1, 'pause');
      story.at(1, 1, 'resume');
      story.at(2, 2, 'pause');
    });
    expect(firstDifference(a, b)).toBe(1);
    expect(laneDifferences(a, b, threeMembers).map((found) => [found.lane.name, found.a, found.b])).toEqual([
      ['n1', -1, 1],
      ['n3', 2, -1],
    ]);
  });
});
