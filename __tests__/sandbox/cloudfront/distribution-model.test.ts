import { distributionModel } from "../../../sandbox/cloudfront/distribution-model";
import { parseXml } from "../../../sandbox/protocols/xml";
import { distributionXml } from "./support";

const originWith = (config: string) => {
  const xml = distributionXml({
    origins: [
      `<Origin><Id>a</Id><DomainName>a.example.com</DomainName><CustomOriginConfig>${config}</CustomOriginConfig></Origin>`,
    ],
  });
  return distributionModel(parseXml(Buffer.from(xml)).content).origins.get("a");
};

test("an origin says how it is connected to", () => {
  expect(
    originWith(`<HTTPPort>8080</HTTPPort><HTTPSPort>8443</HTTPSPort>
      <OriginProtocolPolicy>https-only</OriginProtocolPolicy>
      <OriginSslProtocols><Quantity>1</Quantity><Items><SslProtocol>TLSv1.2</SslProtocol></Items></OriginSslProtocols>
      <OriginReadTimeout>7</OriginReadTimeout><OriginKeepaliveTimeout>9</OriginKeepaliveTimeout>`),
  ).toMatchObject({
    ...{ protocol: "https", port: 8443, sslProtocols: ["TLSv1.2"] },
    ...{ readTimeoutSeconds: 7, keepaliveTimeoutSeconds: 9 },
  });
  expect(
    originWith(`<HTTPPort>8080</HTTPPort><OriginProtocolPolicy>http-only</OriginProtocolPolicy>`),
  ).toMatchObject({ protocol: "http", port: 8080 });
});

test("what it does not say is CloudFront's default", () => {
  expect(originWith("")).toMatchObject({
    ...{ protocol: "https", port: 443, sslProtocols: [] },
    ...{ readTimeoutSeconds: 30, keepaliveTimeoutSeconds: 5 },
  });
});
