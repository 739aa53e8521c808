package accounts

import (
	"net/netip"

	"latchkey/models"
)

// Networks are those from which something may be done; none stand for everywhere.
type Networks []netip.Prefix

// Admit tells whether the address lies in one of the networks. One that cannot be read lies in none. An IPv4 address may
// be written as an IPv6 one (RFC 4291, section 2.5.5.2), and the zone of a link-local one says nothing.
func (n Networks) Admit(address string) bool {
	if len(n) == 0 {
		return true
	}
	parsed, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	parsed = parsed.Unmap().WithZone("")
	for _, network := range n {
		if network.Contains(parsed) {
			return true
		}
	}
	return false
}

// MayEnterFrom tells whether the pages are open to the address at all.
func (s *Service) MayEnterFrom(address string) bool { return s.settings.Dashboard.Admit(address) }

// MayActFrom tells whether the account may sign in, and do anything, from the address.
func (s *Service) MayActFrom(account models.Account, address string) bool {
	return account.Kind != models.SuperAdmin || s.settings.SuperAdmins.Admit(address)
}
