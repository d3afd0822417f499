/** A device token that no device has: APNs is expected to find everything else right before it says so. */
export const nobodysToken = '0'.repeat(64);

/** As apps print it: `<80f3…>` with blanks is how NSData describes itself. Gives hexadecimal alone, in lower case. */
export function plainDeviceToken(text: string): string {
  return text.replace(/[\s<>]/g, '').toLowerCase();
}

/** True for a device token, 32 to 100 bytes in hexadecimal; else what is wrong. */
export function judgeDeviceToken(text: string): true | string {
  return (
    /^(?:[0-9a-f]{2}){32,100}$/.test(plainDeviceToken(text)) ||
    'This is no device token: it has 64 hexadecimal digits or more, an even number of them'
  );
}
