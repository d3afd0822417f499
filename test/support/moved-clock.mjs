// Preloaded into the program: its clock starts at MOVED_TO.
const moved = Date.parse(process.env.MOVED_TO) - Date.now();
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + moved);
    else super(...given);
  }
  static now() {
    return RealDate.now() + moved;
  }
};
