/** Every known reason of APNs, with its HTTP status. @see https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns */
export const reasons = {
  BadCollapseId: 400,
  BadDeviceToken: 400,
  BadExpirationDate: 400,
  BadMessageId: 400,
  BadPriority: 400,
  BadTopic: 400,
  DeviceTokenNotForTopic: 400,
  DuplicateHeaders: 400,
  IdleTimeout: 400,
  InvalidPushType: 400,
  MissingDeviceToken: 400,
  MissingTopic: 400,
  PayloadEmpty: 400,
  TopicDisallowed: 400,
  BadCertificate: 403,
  BadCertificateEnvironment: 403,
  ExpiredProviderToken: 403,
  Forbidden: 403,
  InvalidProviderToken: 403,
  MissingProviderToken: 403,
  UnrelatedKeyIdInToken: 403,
  BadEnvironmentKeyIdInToken: 403,
  BadPath: 404,
  MethodNotAllowed: 405,
  ExpiredToken: 410,
  Unregistered: 410,
  PayloadTooLarge: 413,
  TooManyProviderTokenUpdates: 429,
  TooManyRequests: 429,
  InternalServerError: 500,
  ServiceUnavailable: 503,
  Shutdown: 503,
} as const;
type Reason = keyof typeof reasons;

/** A push that APNs refuses. */
export class ApnsRefusal extends Error {
  readonly reason: string;
  /** Null: the reason comes when the connection ends (GOAWAY). */
  readonly status: number | null;
  /** With 410: since when the device token has been invalid. */
  readonly since: Date | null;

  constructor(reason: string, status: number | null, since: Date | null = null) {
    super(reason);
    this.name = 'ApnsRefusal';
    this.reason = reason;
    this.status = status;
    this.since = since;
  }
}

export function refuse(reason: Reason, since: Date | null = null): ApnsRefusal {
  return new ApnsRefusal(reason, reasons[reason], since);
}

/** How many can wait. */
export const mostScripted = 1000;

/** Answers for the next pushes regardless of their content, for what no push can provoke by itself. */
export interface ScriptedAnswers {
  /**
   * @param status null: it comes when the connection ends
   * @param times for how many pushes; 0 removes all scripted answers
   * @returns whether there was room for them
   */
  add(reason: string, status: number | null, times: number): boolean;
  /** The next one, or null. */
  next(): ApnsRefusal | null;
  /** Those to come, the next one first. */
  left(): readonly ScriptedAnswer[];
}

interface ScriptedAnswer {
  readonly reason: string;
  /** Null: it comes when the connection ends. */
  readonly status: number | null;
}

export function createScriptedAnswers(now: () => Date): ScriptedAnswers {
  let left: ScriptedAnswer[] = [];
  return {
    left: () => left,
    add(reason, status, times) {
      if (times === 0) left = [];
      if (left.length + times > mostScripted) return false;
      left.push(...Array.from({ length: times }, () => ({ reason, status })));
      return true;
    },
    next() {
      const answer = left.shift();
      if (answer === undefined) return null;
      return new ApnsRefusal(answer.reason, answer.status, answer.status === 410 ? now() : null);
    },
  };
}
