import { readFileSync } from 'node:fs';

/** What the machine allows a load generator; null where the system does not tell (only Linux does). */
export interface SystemLimits {
  /** Open files, sockets among them, of this process. */
  readonly fileDescriptors: number | null;
  /** Local ports to one remote address, so connections to it at once. */
  readonly ports: { readonly first: number; readonly last: number } | null;
}

export function readSystemLimits(): SystemLimits {
  const files = /^Max open files\s+(\d+|unlimited)/m.exec(read('/proc/self/limits'))?.[1];
  const ports = /^(\d+)\s+(\d+)/.exec(read('/proc/sys/net/ipv4/ip_local_port_range'));
  return {
    fileDescriptors: files === undefined ? null : files === 'unlimited' ? Infinity : Number(files),
    ports: ports === null ? null : { first: Number(ports[1]), last: Number(ports[2]) },
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
