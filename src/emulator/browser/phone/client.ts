/** Application ID and public client ID of the phone at every emulated tenant. */
export const clientId = 'emulator-phone';

/** The scope with what a phone calls. */
export const scope = 'phone';
