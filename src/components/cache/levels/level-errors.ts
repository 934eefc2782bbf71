/** A level needs an optional package that is not installed. `packageName` tells which. */
export class MissingLevelDriverError extends Error {
  readonly packageName: string;

  constructor(packageName: string, options: ErrorOptions) {
    super(`This level needs the package \`${packageName}\`: install it beside this one.`, options);
    this.name = 'MissingLevelDriverError';
    this.packageName = packageName;
  }
}
