package core_test

import (
	"net/netip"
	"testing"

	"latchkey/accounts/core"
)

func networks(texts ...string) (list core.Networks) {
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

func TestNetworksAdmit(t *testing.T) {
	office := networks("192.0.2.0/24", "10.0.0.1/32", "2001:db8:1::/48", "fe80::/10")
	for address, admitted := range map[string]bool{
		"192.0.2.0": true, "192.0.2.255": true, "192.0.3.0": false, "10.0.0.1": true, "10.0.0.2": false,
		"::ffff:192.0.2.7": true, "::ffff:192.0.3.7": false, "::192.0.2.7": false,
		"2001:db8:1:ffff::1": true, "2001:DB8:1::1": true, "2001:db8:2::1": false,
		"fe80::1%eth0": true, "2001:db8:1::1%eth0": true, "2001:db8:2::1%eth0": false,
		"": false, "unknown": false, "192.0.2.7:80": false, "192.0.2.07": false, " 192.0.2.7": false, "192.0.2.7, 10.0.0.1": false, "3221225991": false,
	} {
		if got := office.Admit(address); got != admitted {
			t.Errorf("%q: %t, want %t", address, got, admitted)
		}
		if !networks().Admit(address) {
			t.Errorf("%q is refused although nothing is restricted", address)
		}
	}
}

// TestNetworksAreParsed: an address is the network of itself alone, and IPv4-mapped addresses are IPv4 addresses.
func TestNetworksAreParsed(t *testing.T) {
	for text, want := range map[string]string{
		"203.0.113.7": "203.0.113.7/32", "203.0.113.7/24": "203.0.113.0/24", "::ffff:203.0.113.7": "203.0.113.7/32", "::ffff:203.0.113.0/120": "203.0.113.0/24",
		"::ffff:0:0/96": "0.0.0.0/0", "2001:DB8::1": "2001:db8::1/128", "2001:db8::/32": "2001:db8::/32", "0.0.0.0/0": "0.0.0.0/0", "::/0": "::/0", "fe80::1%eth0": "fe80::1/128",
		"": "", "x": "", "203.0.113": "", "203.0.113.0/33": "", "203.0.113.0/-1": "", "203.0.113.0/": "", "/8": "", "fe80::%eth0/10": "", "203.0.113.07": "", "1.2.3.4/08": "",
	} {
		network, ok := core.ParseNetwork(text)
		if got := network.String(); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %s, %v, want %s", text, got, ok, want)
		}
	}
}
