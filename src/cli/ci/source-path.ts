import { isAbsolute, relative, resolve, sep } from 'node:path';

/**
 * How a CI service names a scenario file: by its path in the repository, which is checked out where the service says
 * (GITHUB_WORKSPACE, CI_PROJECT_DIR), else in the working directory. Null for a file outside of it.
 */
export function sourcePathIn(
  env: Readonly<Record<string, string | undefined>> = process.env,
  cwd: string = process.cwd(),
): (file: string) => string | null {
  const root = env['GITHUB_WORKSPACE'] || env['CI_PROJECT_DIR'] || cwd;
  return (file) => {
    const path = relative(resolve(root), resolve(cwd, file));
    const outside = path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
    return outside ? null : path.split(sep).join('/');
  };
}
