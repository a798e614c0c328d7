import { type ErrorResponse, errorOfText, errors, grpcCodes } from '../../../server/api/index.ts';

/** gRPC's codes as Go names them. */
const codeNames: ReadonlyMap<number, string> = new Map(
  Object.entries(grpcCodes).map(([name, code]) => {
    const words = name.toLowerCase().split('_');
    return [code, words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')] as const;
  }),
);

/** Of etcd's texts those that its client does not know, and shows with their code. */
const unknownToClients = new Set<string>(
  [errors.noPasswordUser, errors.timeoutLeaderTransfer, errors.proposalDropped].map(({ message }) => message),
);

/** Why a request failed, as etcd's client says it. Null: nobody answered in time. */
export function errorText(error: ErrorResponse | null): string {
  if (error === null || error.code === grpcCodes.DEADLINE_EXCEEDED) return 'context deadline exceeded';
  const { code, message } = error;
  if (errorOfText(message) !== null && !unknownToClients.has(message)) return message;
  const name = code === grpcCodes.CANCELLED ? 'Canceled' : (codeNames.get(code) ?? `Code(${code})`);
  return `rpc error: code = ${name} desc = ${message}`;
}
