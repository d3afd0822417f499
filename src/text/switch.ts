/** Whether a variable or a setting used as a switch is on: anything but empty, `0` and `false`. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
