import { toText } from '../../../base/bytes.ts';
import type { ByteString } from '../../../base/bytes.ts';
import { quote } from '../../../server/api/json/encode.ts';
import { toBase64 } from '../../../server/api/json/base64.ts';
import type {
  AnySchema,
  MessageSchema,
  NamedField,
  RawMessage,
  ValueType,
} from '../../../server/api/schema/schema.ts';

/**
 * A message as etcdctl prints it with `-w json`: Go's encoding/json on the generated structs. Other than the gateway's form, integers are
 * numbers, enums their numbers, and what is chosen in a oneof has the name of its Go type.
 */
export function messageToGoJson<T>(schema: MessageSchema<T>, value: T): string {
  return `{${goJsonMembers(schema, value).join(',')}}`;
}

/** The same without the braces, for Go structs that have another one embedded. */
export function goJsonMembers<T>(schema: MessageSchema<T>, value: T): readonly string[] {
  const { toFields } = schema;
  const fields = toFields === undefined ? (value as unknown as RawMessage) : toFields(value);
  const members: string[] = [];
  for (const spec of schema.fields) {
    const field = fields[spec.name];
    if (field === undefined || isLeftOut(spec, field)) continue;
    if (spec.presence === 'oneof')
      members.push(`"Response":{${quote(goName(spec.name))}:${fieldText(spec, field)}}`);
    else members.push(`${quote(spec.name)}:${fieldText(spec, field)}`);
  }
  return members;
}

/** `ResponseDeleteRange` of `response_delete_range`. */
function goName(name: string): string {
  return name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

function isLeftOut(spec: NamedField, value: unknown): boolean {
  if (spec.repeated) return (value as readonly unknown[]).length === 0;
  if (spec.presence === 'oneof') return false;
  if (spec.type.kind === 'enum') return value === spec.type.names[0];
  return value === 0 || value === 0n || value === '' || value === false;
}

function fieldText(spec: NamedField, value: unknown): string {
  if (!spec.repeated) return valueText(spec.type, value);
  return `[${(value as readonly unknown[]).map((element) => valueText(spec.type, element)).join(',')}]`;
}

function valueText(type: ValueType, value: unknown): string {
  switch (type.kind) {
    case 'bytes':
      return `"${toBase64(value as ByteString)}"`;
    case 'string':
      return quote(toText(value as ByteString));
    case 'enum':
      return String(type.names.indexOf(String(value)));
    case 'message':
      return messageToGoJson(type.schema() as MessageSchema<AnySchema>, value as AnySchema);
    default:
      return String(value);
  }
}
