const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n';

/** A table as the kernel writes it, from rows of local and remote address, state, user and inode. */
export function socketTable(rows: readonly string[]): string {
  const lines = rows.map((row, index) => {
    const [local, remote, state, user = '', inode = '12345'] = row.split(' ');
    return `${String(index).padStart(4)}: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000 ${user.padStart(5)}        0 ${inode} 1 0000000000000000 100 0 0 10 0\n`;
  });
  return head + lines.join('');
}
