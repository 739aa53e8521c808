package core

import (
	"net/netip"
	"slices"
	"strings"
)

// Networks are the networks that something is allowed from; none means everywhere.
type Networks []netip.Prefix

// Admit reports whether the address is in one of the networks. An address that cannot be parsed is in none.
func (n Networks) Admit(address string) bool {
	if len(n) == 0 {
		return true
	}
	parsed, ok := ParseAddress(address)
	return ok && n.Contain(parsed)
}

// Contain reports whether the address is in one of the networks.
func (n Networks) Contain(address netip.Addr) bool {
	return slices.ContainsFunc(n, func(network netip.Prefix) bool { return network.Contains(address) })
}

// ParseAddress parses an IP address into its one canonical form: an IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2) becomes
// an IPv4 address, and the zone of a link-local address is dropped.
func ParseAddress(text string) (netip.Addr, bool) {
	address, err := netip.ParseAddr(text)
	return address.Unmap().WithZone(""), err == nil
}

// ParseNetwork parses an IP address or a network in CIDR notation into its one canonical form, as [ParseAddress] does. IPv4-mapped
// networks become IPv4 networks.
func ParseNetwork(text string) (network netip.Prefix, ok bool) {
	if address, ok := ParseAddress(text); ok && !strings.Contains(text, "/") { // a zone may contain one
		return netip.PrefixFrom(address, address.BitLen()), true
	}
	network, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, false
	}
	if address := network.Addr(); address.Is4In6() && network.Bits() >= mappedBits {
		network = netip.PrefixFrom(address.Unmap(), network.Bits()-mappedBits)
	}
	return network.Masked(), true
}

// mappedBits is how many bits precede the IPv4 address in an IPv4-mapped one.
const mappedBits = 96

// ClientNetwork returns what counts as one client: an IPv4 address, or the first 64 bits of an IPv6 address, which is the least that a
// customer of a provider gets (RFC 6177, section 2).
func ClientNetwork(address netip.Addr) netip.Prefix {
	address = address.Unmap().WithZone("")
	bits := address.BitLen()
	if address.Is6() {
		bits = 64
	}
	return netip.PrefixFrom(address, bits).Masked()
}

// ClientKey returns the [ClientNetwork] of an address as text. An address that cannot be parsed is its own key.
func ClientKey(address string) string {
	parsed, ok := ParseAddress(address)
	switch {
	case !ok:
		return address
	case parsed.Is4():
		return parsed.String()
	default:
		return ClientNetwork(parsed).String()
	}
}
