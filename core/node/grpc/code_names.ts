import { status } from '@grpc/grpc-js';

const codeMax: number = status.UNAUTHENTICATED;

/** gRPC's codes as Go names them, by their numbers: `NotFound` is 5. */
export const codeNames: readonly string[] = Array.from({ length: codeMax + 1 }, (_, code) =>
  nameOf(status[code] ?? ''),
);

function nameOf(name: string): string {
  if (name === 'OK') return name;
  // Go has one l less.
  if (name === 'CANCELLED') return 'Canceled';
  const words = name.toLowerCase().split('_');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
