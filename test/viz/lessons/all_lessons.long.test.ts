import { describe, it } from 'vitest';
import { lessons } from '../../../viz/lessons/all_lessons.ts';
import { checkLesson } from './check_lesson.ts';

describe('every lesson', () => {
  it.each(lessons)('$id holds at every step', (lesson) => {
    checkLesson(lesson);
  });
});
