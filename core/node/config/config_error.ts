/** A person's mistake in flags, environment or files: the message says where, what was expected and what came. No stack is shown. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
