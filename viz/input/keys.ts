import { type CommandContext, commands } from './commands.ts';
import { singleKeysOn } from './single_keys.ts';

/** Runs commands for keys pressed anywhere but in fields and dialogs. Returns a function that stops listening. */
export function attachKeys(context: CommandContext): () => void {
  const listener = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof Element && event.target.closest('input, textarea, select, dialog[open]'))
      return;
    // Arrows, Home and Escape stay: nobody says them by accident.
    if (event.key.length === 1 && !singleKeysOn()) return;
    const found = commands.find((command) => command.keys.includes(event.key));
    if (found === undefined) return;
    event.preventDefault();
    found.run(context);
  };
  addEventListener('keydown', listener);
  return () => removeEventListener('keydown', listener);
}
