import { describe, it } from 'vitest';
import { lessons } from '../../../viz/lessons/all_lessons.ts';
import { checkEnd, checkLesson } from './check_lesson.ts';

describe('every lesson', () => {
  it.each(lessons)('$id holds at every step', (lesson) => {
    checkLesson(lesson);
  });

  it.each(lessons)('$id ends with its cluster, live', (lesson) => {
    checkEnd(lesson);
  });
});
