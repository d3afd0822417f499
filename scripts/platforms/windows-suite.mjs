export async function runWindowsSuite() {
  return 'later';
}
