import { DataAwsAvailabilityZones } from "@cdktf/provider-aws/lib/data-aws-availability-zones";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { Fn } from "cdktf";
import type { Extension } from "../stacks/extensions/extension";

/** The service that is put into the network. */
const inside = "nightly";

/** The same in every target: nothing leads from one to another. Choose others where you want to join them one day. */
const cidrBlock = "10.0.0.0/24";

/** Halves of it, one in each of two zones, so that the service goes on when a zone is lost. */
const subnetBlocks = ["10.0.0.0/25", "10.0.0.128/25"] as const;

/**
 * A service in a network of its own, for what can only be reached from inside a VPC: a database, a cache, your own servers.
 * Put that into the subnets, too, and let its security group take connections from this one. Without such a thing, a
 * function needs no VPC, and is better off without.
 *
 * - What calls the service is as before: its URL is Lambda's, and answers whatever its network is.
 * - The service itself reaches DynamoDB, by a gateway endpoint, which costs nothing
 *   (https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-ddb.html), and nothing else: not the internet, not
 *   other services of AWS. A service that has `secrets`, or sends to a queue, does not start or fails.
 * - Each further service of AWS takes an interface endpoint: about 7 US dollars a month in each zone, and traffic. The
 *   internet takes a NAT gateway: about 33 US dollars a month in each zone, and traffic. Each target pays that. These are
 *   list prices of us-east-1, from memory: look at https://aws.amazon.com/privatelink/pricing/ and
 *   https://aws.amazon.com/vpc/pricing/ before you add one.
 * - Logs need no way out: Lambda takes them.
 * - To take it away takes long: the network interfaces that Lambda has made stay for up to twenty minutes, and the subnets
 *   with them.
 */
export const vpc: Extension = {
  name: "vpc",
  deploy: [
    {
      // Reading takes "*": https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
      actions: ["ec2:Describe*"],
      resources: ["*"],
    },
    {
      // EC2's ARNs are made of ids, which say nothing of a fleet: this reaches every network of the account in question. In
      // an account with networks of others, add conditions on their tags.
      actions: [
        ...["ec2:CreateVpc", "ec2:DeleteVpc", "ec2:ModifyVpcAttribute"],
        ...["ec2:CreateSubnet", "ec2:DeleteSubnet", "ec2:ModifySubnetAttribute"],
        ...[
          "ec2:CreateRouteTable",
          "ec2:DeleteRouteTable",
          "ec2:AssociateRouteTable",
          "ec2:DisassociateRouteTable",
        ],
        ...["ec2:ReplaceRouteTableAssociation", "ec2:CreateSecurityGroup", "ec2:DeleteSecurityGroup"],
        ...[
          "ec2:AuthorizeSecurityGroupEgress",
          "ec2:RevokeSecurityGroupEgress",
          "ec2:ModifySecurityGroupRules",
        ],
        ...["ec2:CreateVpcEndpoint", "ec2:ModifyVpcEndpoint", "ec2:DeleteVpcEndpoints"],
        ...["ec2:DetachNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:CreateTags", "ec2:DeleteTags"],
      ],
      resources: ["arn:aws:ec2:*:{account}:*"],
    },
  ],
  resourceTypes: {
    aws_vpc: { holdsData: false, what: "a range of addresses" },
    aws_subnet: { holdsData: false, what: "a range of addresses in one zone" },
    aws_route_table: { holdsData: false, what: "where packets go" },
    aws_route_table_association: { holdsData: false, what: "which subnet has which routes" },
    aws_security_group: { holdsData: false, what: "who may connect to whom" },
    aws_vpc_security_group_egress_rule: { holdsData: false, what: "who may connect to whom" },
    aws_vpc_endpoint: { holdsData: false, what: "a route to a service of AWS" },
  },

  target({ name, provider, scope, service, target }) {
    const tags = { Name: name("network") };
    const network = new Vpc(scope, "network", {
      ...{ provider, tags, cidrBlock },
      // DynamoDB is found by AWS's own name servers.
      ...{ enableDnsSupport: true, enableDnsHostnames: true },
    });
    const routes = new RouteTable(scope, "routes", { provider, tags, vpcId: network.id });
    const zones = new DataAwsAvailabilityZones(scope, "zones", {
      provider,
      state: "available",
      filter: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
      // Lambda has little room there: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-endpoints.html
      excludeZoneIds: ["use1-az3"],
    });
    const subnets = subnetBlocks.map((block, index) => {
      const subnet = new Subnet(scope, `subnet-${index + 1}`, {
        ...{ provider, tags, vpcId: network.id, cidrBlock: block },
        availabilityZone: Fn.element(zones.names, index),
        // A zone that AWS adds must not move what is there.
        lifecycle: { ignoreChanges: ["availability_zone"] },
      });
      new RouteTableAssociation(scope, `routes-${index + 1}`, {
        ...{ provider, routeTableId: routes.id, subnetId: subnet.id },
      });
      return subnet;
    });
    const endpoint = new VpcEndpoint(scope, "dynamodb", {
      ...{ provider, tags, vpcId: network.id },
      serviceName: `com.amazonaws.${target.region}.dynamodb`,
      vpcEndpointType: "Gateway",
      routeTableIds: [routes.id],
    });

    const group = new SecurityGroup(scope, "group", {
      ...{ provider, tags, vpcId: network.id, name: name("group") },
      description: `Functions of ${inside}: to DynamoDB only`,
    });
    new VpcSecurityGroupEgressRule(scope, "to-dynamodb", {
      ...{ provider, securityGroupId: group.id, prefixListId: endpoint.prefixListId },
      ...{ ipProtocol: "tcp", fromPort: 443, toPort: 443 },
    });

    const { allow, function: lambda } = service(inside);
    lambda.putVpcConfig({ subnetIds: subnets.map(({ id }) => id), securityGroupIds: [group.id] });
    // Lambda makes network interfaces with the rights of the function, and takes no other resource than "*" for some:
    // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    allow({
      actions: [
        ...["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"],
        ...["ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"],
      ],
      resources: ["*"],
    });
  },
};
