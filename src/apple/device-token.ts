/** A device token that no device has: APNs is expected to report it only once everything else is right. */
export const nobodysToken = '0'.repeat(64);

/** As apps print it: `<80f3…>` with spaces is NSData's description. Returns lower-case hexadecimal only. */
export function plainDeviceToken(text: string): string {
  return text.replace(/[\s<>]/g, '').toLowerCase();
}

/** True for a device token, 32 to 100 bytes in hexadecimal; else what is wrong. */
export function judgeDeviceToken(text: string): true | string {
  return (
    /^(?:[0-9a-f]{2}){32,100}$/.test(plainDeviceToken(text)) ||
    'This is not a device token: those have 64 or more hexadecimal digits, an even number of them'
  );
}
