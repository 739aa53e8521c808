package accounts

import (
	"net/netip"
	"slices"

	"latchkey/models"
)

// Networks are those from which something may be done; none stand for everywhere.
type Networks []netip.Prefix

// Admit tells whether the address lies in one of the networks. One that cannot be read lies in none.
func (n Networks) Admit(address string) bool {
	if len(n) == 0 {
		return true
	}
	parsed, ok := parseAddress(address)
	return ok && n.Contain(parsed)
}

// Contain tells whether the address lies in one of the networks; in none of none.
func (n Networks) Contain(address netip.Addr) bool {
	return slices.ContainsFunc(n, func(network netip.Prefix) bool { return network.Contains(address) })
}

// parseAddress reads an address in its one spelling: an IPv4 address may be written as an IPv6 one (RFC 4291, section
// 2.5.5.2), and the zone of a link-local one says nothing.
func parseAddress(text string) (netip.Addr, bool) {
	address, err := netip.ParseAddr(text)
	return address.Unmap().WithZone(""), err == nil
}

// MayEnterFrom tells whether the pages are open to the address at all.
func (s *Service) MayEnterFrom(address string) bool { return s.settings.Dashboard.Admit(address) }

// MayActFrom tells whether the account may sign in, and do anything, from the address.
func (s *Service) MayActFrom(account models.Account, address string) bool {
	return account.Kind != models.SuperAdmin || s.settings.SuperAdmins.Admit(address)
}
