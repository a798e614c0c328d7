import { HistoryFormatError, LogPairing, excerpt } from './log_pairing.ts';
import type { TextInput, TextOperation, TextOutput } from './text_operation.ts';

const string = '"(?:[^"\\\\]|\\\\.)*"';
const event = new RegExp(
  `^\\{:process (\\d+), :type :(invoke|ok|fail|info), :f :(get|put|append), :key (${string}), :value (nil|${string})\\}\\s*$`,
);

/** Reads Porcupine's key-value logs: one EDN map per line, gets, puts and appends of texts. Throws HistoryFormatError. */
export function parsePorcupineKv(text: string): TextOperation[] {
  const pairing = new LogPairing<TextInput, TextOutput>();
  text.split('\n').forEach((content, index) => {
    if (content.trim() === '') return;
    const line = index + 1;
    const match = event.exec(content);
    if (match === null) {
      throw new HistoryFormatError(
        line,
        '{:process N, :type :invoke|:ok|:fail|:info, :f :get|:put|:append, :key "K", :value "V"|nil}',
        excerpt(content),
      );
    }
    const [, process, type, kind, key, value] = match as unknown as [
      string,
      string,
      string,
      TextInput['kind'],
      string,
      string,
    ];
    const said = value === 'nil' ? null : unquote(line, value);
    if (type === 'invoke') {
      if ((said === null) !== (kind === 'get')) {
        throw new HistoryFormatError(line, kind === 'get' ? 'a get of nil' : `a text to ${kind}`, value);
      }
      pairing.call(line, Number(process), { kind, key: unquote(line, key), value: said ?? '' });
    } else if (type === 'ok') {
      if (kind === 'get' && said === null) throw new HistoryFormatError(line, 'the text that was got', value);
      pairing.answer(line, Number(process), kind, { status: 'ok', output: kind === 'get' ? said : null });
    } else {
      pairing.answer(line, Number(process), kind, { status: type === 'fail' ? 'fail' : 'unknown' });
    }
  });
  return pairing.finish();
}

function unquote(line: number, literal: string): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    throw new HistoryFormatError(line, 'a string literal', excerpt(literal));
  }
}
