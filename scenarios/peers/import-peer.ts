/**
 * A public package to compare with. perfkit does not depend on any: where one is not installed, its subject is
 * refused with what to do. `load` is the `import()` itself, so that its types are known.
 */
export async function importPeer<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    if (!missing) throw error;
    throw new Error(`the package ${name} is not installed: npm install --save-dev ${name}`, { cause: error });
  }
}
