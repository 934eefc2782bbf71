import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');

/** This machine itself (RFC 6890); IPv4 in IPv6 included. */
export function isLoopback(address: string): boolean {
  return isIn(loopback, address);
}

/** Reachable on the local link only: also where cloud machines find their metadata (RFC 3927, RFC 4291). */
export function isLinkLocal(address: string): boolean {
  return isIn(linkLocal, address);
}

function isIn(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family > 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
