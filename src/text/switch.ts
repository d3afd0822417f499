/** Whether a variable or a setting that is a switch is on: anything but nothing, `0` and `false`. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
