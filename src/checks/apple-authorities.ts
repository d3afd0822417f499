/**
 * The public keys (SubjectPublicKeyInfo, base64) of Apple's authorities.
 * @see https://www.apple.com/certificateauthority/
 */

/** An authority that issues, or issued, certificates of Apple's developers. */
interface Authority {
  readonly name: string;
  readonly commonName: string;
  readonly organizationalUnit: string;
  readonly publicKey: string;
}

const developerRelations = 'Apple Worldwide Developer Relations Certification Authority';
const integration = 'Apple Certification Authority';

export const authorities: readonly Authority[] = [
  {
    name: 'G1',
    commonName: developerRelations,
    organizationalUnit: 'Apple Worldwide Developer Relations',
    publicKey: `
      MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAyjhUpstWqsgkOUjpjO7sX7h/JpG8NFN6
      znxjgGF3ZF6lByO2Of5QLRVWWHAtfsRuwUqFPi/w3oQaoVfJr3sY/2r6FRJJFQgZrKrbKjLtlmNo
      UhU9jIrsv2sYleADrAF9lwVnzg6FlTdq7Qm2rmfNUWSfxlzRvFduZzWAdjakh4FuOI/YKxVOeyXY
      Wr9Og8GN0pPVGnG1YJydM05V+RJYDIa4Fg3B5XdFjVBIuist5JSF4ejEncZopbCj/Gd+cLoCWUt3
      QpE5ufXN4UzvwDtIjKblIV39amq7pxY1YNLmrfNGKcnow4vpecBqYWcVsvD95Wi8Yl9uz5nd7xtj
      /pJlqwIDAQAB`,
  },
  {
    name: 'G3',
    commonName: developerRelations,
    organizationalUnit: 'G3',
    publicKey: `
      MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2PWJ/KhZC4fHTJEuLVaQ03gdpDDppUjv
      C0O/LYT7JF1FG+XrWTYSXFRknmxiLbTGl8rMPPbWBpH85QKmHGq0edVny6zpPwcR4YS8Rx1mjjmi
      6LRJ7TrS4RBgeo6TjMrA2gzAg9Dj+ZHWp4zIwXPirkbRYp2SqJBgN31ols2N4Pyb+ni743uvLRfd
      W/6AWSN1F7gSwe0b5TTO/iK1nkmw5VW/j4SiPKi6xYaVFuQAyZ8D0MyzOhZ71gVcnetHrg21LYwO
      aU1A0EtMOwSejSGxrC5DVDDOwYqGlJhL32oNP/77HK6XF8J4CjDgXx9UO0m3JQAaN4LSVpelUkl8
      YDib7wIDAQAB`,
  },
  {
    name: 'G4',
    commonName: developerRelations,
    organizationalUnit: 'G4',
    publicKey: `
      MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0B94qnonMrBGX+cXdtignQ4pjq09MqXE
      azfJ5EGRard5cV0MNARgdfeuQ49HxIYeCOi/1jlSLx5n/HHxgm08fgZSdp0svNVD6bG0vEA6eFFd
      UaEl4b5skZ1rIVkYQdUPjW1BKjlKIeCQn04TT9CMmjK412qSHiVqpDLOIhmFBWDcAkryWut3eQJ9
      wJdUbJKOdgHmRo/l5ir7orCtGK1tM4U4I4vqipbtn65mT6MMQCdtldBiiNlDKSf97aS/Uy6QFWU8
      2S5iZDMdbGrdjiGqpF8VxjDtX+aMNpKUt9w5AgD7ZIzUDIHyP9U0l4d1JsJvrgNjIQx71BuxYsUC
      nL39rwIDAQAB`,
  },
  {
    name: 'G5',
    commonName: developerRelations,
    organizationalUnit: 'G5',
    publicKey: `
      MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAn13aH/v6vNBLIjzH1ib6F/f0nx4+ZBFm
      mu9evqs0vaosIW7WHpQhhSx0wQ4QYao8Y0p+SuPIddbPwpwISHtquSmxyWb9yIoW0bIEPIK6gGzi
      /wpy66z+O29Ivp6LEU2VfbJ7kC8CHE78Sb7Xb7VPvnjG2t6yzcnZZhE7WukJRXOJUNRO4mgFftp1
      nEsBrtrjz210Td5T0NUaOII60J3jXSl7sYHqKScL+2B8hhL78GJPBudM0R/ZbZ7tc9p4IQ2dcNlG
      V5BfZ4TBc3cKqGJitq5whrt1I4mtefbmpNT9gyYyCjskklsgoZzRL4AYm908C+e1/eyAVw8Xnj8r
      hye79wIDAQAB`,
  },
  {
    name: 'G6',
    commonName: developerRelations,
    organizationalUnit: 'G6',
    publicKey: `
      MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEbsQKC94PrlWmZXnXgtxzdVJL8T0SGYngDRGpngn3N6PT
      8JMEb7FDi4bBmPhCnZ3/sq6PF/cGcKXWsL5vOteRhyJ45x3ASP7cOB+aao90fcpxSv/EZFbniAbN
      gZGhIhpI`,
  },
  {
    name: 'G7',
    commonName: developerRelations,
    organizationalUnit: 'G7',
    publicKey: `
      MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArK7R07aKsRsola3eUVFMPzPhTlyvs/wC
      0mVPKtR0aIx1F2XPKORICZhxUjIsFk54jpJWZKndi83i1Mc7ohJFNwIZYmQvf2HG01kiv6v5FKPt
      tp6Zui/xsdwwQk+2trLGdKpiVrvtRDYP0eUgdJNXOl2e3AH8eG9pFjXDbgHCnnLUcTaxdgl6vg0q
      l/GwXgsbEq0rqwffYy31iOkyEqJVWEN2PD0XgB8p27Gpn6uWBZ0V3N3bTg/nE3xaKy4CQfbuemq2
      c2D3lxkUi5UzOJPaACU2rlVafJ/59GIEB3TpHaeVVyOsKyTaZE8ocumWsAg8iBsUY0PXia6YwfIt
      juNRJQIDAQAB`,
  },
  {
    name: 'G8',
    commonName: developerRelations,
    organizationalUnit: 'G8',
    publicKey: `
      MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0EAQ1Aj5UiFjTzxo99ScggKMg2i8t41/
      iOdCTSzvIqXCid69DNdNYVAtOeQwc6XS1WiaM/Lv2SqtLh8Duvil8UILVy5GxtBY03Bf97I372of
      Pr+JOcKt/vUF+1iWMciHLNUjunWwLPWroLryIAxM6yRjaekiQPCOWFveZHuJG1ESBOAXslnN3/Hn
      zq8sMuhpwdAIfh2iR3PRSzv9uYXcR6cognkpSIkCKOLB7CwfW4b82LbLccBzAUv8BRERbAEDNFr2
      gcJeH3wUDt4/ayHLT/XXYeaEA5K85yUpns1bDMHb48Q62XZXrC84FBnIt7GiVU9fTo4ZWana/XLa
      sAQhBQIDAQAB`,
  },
  {
    name: 'Application Integration',
    commonName: 'Apple Application Integration Certification Authority',
    organizationalUnit: integration,
    publicKey: `
      MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA41uzJ2oMv26qTOfFP29tTOaildXr1QKv
      cHRGudGPrDu33gyE0JBf/+dZQ8661cbF7U/8v8OXWTn5ZOgOSp+f9ux6iOrftudiAX+aD8VKFuus
      5phfQj6Cyx2zau8bwou2CZnJ8CwS1yuIviqo9mE7ieq/f2lGAsxkPiTpX470++KK/gP6KSzayZRI
      0N7uL4hM9yC1bCLK6YbFS13Pg69PxrAMs+vQmW2t9yZvCS+HuOK0MlGN9swviJfc1wxrksqnHtL6
      Iz6B9gmmiYo9SAmNCA2wXboFWfF5BaQJW2am7YuTvMddeTfhRDWRjtjXD5WSZ0OsdSsSSSM2EV3T
      8oK4EwIDAQAB`,
  },
  {
    name: 'Application Integration 2',
    commonName: 'Apple Application Integration 2 Certification Authority',
    organizationalUnit: integration,
    publicKey: `
      MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuEihZ2xWCJ3lcMVG9K+F47063qHn2ag2
      PBlipXwVoEeza4EbEKz+2HTmDjWwWE902KP+7S3upHMlWdSW3CbPnSeLVJzckrHgMxIYYpnIua82
      GKRqgZGnFW3d3Q8tzAWBHX0QzCmJo8kMmaqi7NkBZ2kHAjwXv0QoJLHELDXWsQIACCXvUKcH2yXG
      w09vW4e+KvGTp9RsXrI5LgSp4W0cO645cT8E87n0V50jAE+Zg16f8AwBWL610ezXsn7CZeLx7Dym
      /G7bVrPuCgayC0vJovDxMfau3jVsw4BeUGOQtrptXMDjnyaDSh3em6mwWm/7m2uB7N3fMt78LkKi
      ynha1wIDAQAB`,
  },
];

/** Apple Root CA, G2 and G3, which sign the authorities. */
export const roots: readonly string[] = [
  `
    MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA5JGpCR+R2x5HUOsF7V55hC3rNqJXTFXs
    ixmJ3vlLbPUHqyIwAugYPvhQCdN/QaiY+dHKZpwkaxHQo7vkGyrDH5WeegykR4tb1BY3M8vED03O
    FGnRyRly9V0O1X9fm/IlA7pVj01dDfFkNSMVSxVZHbOU9/acns9QusFYUGePCLQg98usLCBvcLY/
    ATCMt0PPD5098ytJKBrI/s61uQ7ZXhzWyz21Oq30Dw4AkguxIRYudNU8DdtiFqujcZJHU1XBry9B
    s/j743DN5qNMRX4fTGtQlkGJxHRiCxCDQYczioGxMFjsWgQyjGizjx3eZXP/Z15lvEnYdp8zFGWh
    d5TJLQIDAQAB`,
  `
    MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEA2BESSEjaKYpJxRzH7G4zbf5N++Ac3qxe
    4janJPl/UGtMzrkwVCfls9btJeYwtgU3XhQiEcXoqhvS+7LSCZU4pO8qSYxdPnFmAzj7FvWFiORa
    kgwEMvLIQPtSX5/2wPHjukWgUNUSi/Ld3pGGI/D1tnIuAdoL9i45CF8ZoWNBCxynlMGGxFMvdvYK
    1wzRgz8aUxnzV9Unf/wTuPiSjfzTKEM8tWgAJV0nYtPdVd1EIJCDNZPFv7gZ+2vj3AhC5q9t+p5A
    yk6FhXhJsdfDwTA5Mqt+X6rTi2+fLRohaHBns6PxmEFtkXz419uo518hGowzvzF0t7jR9OAi9L9y
    NN/3gU1xfVGh4rPw0ygWc2/NzK03fU7rrUDhP4H99z0KPqLxvTGWKVncwhmAjFt0xizTEFMmHRRP
    xNSBZjyHZzMnFAjptHeENFKPifhomBe/w7uqE5MfXVQvqMd8+w0UvhU9JDTymtx1QWYitAHWC6+Q
    ngzqYvibWTwI4pY05GPevDfU6wyIA0MLUK+gNN1QTRX7WiTYDPoMY54fA7Hh7uGqQ/RmZSg3AjHv
    Acce0cyfbcpUOkDbzs9PRotKZZpqxmhs18yZG0ewcsN3j8T3YZx0H879a6HCnJSCq5Si570burlw
    OZUXxSnzOVg09cSkxntguWZDUD9uYfwO+YaqYAxDS5UCAwEAAQ==`,
  `
    MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEmOkvPUBypO2TInKBExzdEJXxxaNOcdwUFtkO5aYFKndk
    e19OONO7HES1f/UftjJiXcnphFtPME8RWgD9WFgMpfUPLE0HRxN12peXl28xXO0rnXsgO9i5VNle
    maQ6UQox`,
];
