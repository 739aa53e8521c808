package demo

import (
	"fmt"

	"latchkey/accounts/core"
)

// desktops and phones are what browsers say of themselves.
var (
	desktops = []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:147.0) Gecko/20100101 Firefox/147.0",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36 Edg/144.0.0.0",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.2 Safari/605.1.15",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
	}
	phones = []string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.2 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Mobile Safari/537.36",
		"Mozilla/5.0 (Android 16; Mobile; rv:147.0) Gecko/147.0 Firefox/147.0",
	}
	robot = "python-requests/2.32.5"
)

// offices are the networks of the organizations (RFC 5737: for documentation); whoever belongs to none is at home, or on
// the road.
var offices = map[string]string{
	"": "192.0.2.10", nordkai: "198.51.100.14", brightwater: "198.51.100.77", tanaka: "203.0.113.21", wisla: "203.0.113.140",
	atlas: "192.0.2.200",
}

// desk is a member's usual browser.
func (s *stage) desk(p person, number int) core.ClientInfo {
	from := p.at
	if offices[p.name] != "" {
		from = p.name
	}
	address := offices[from]
	if address == "" || s.dice.IntN(4) == 0 {
		address = fmt.Sprintf("2001:db8:%x::%x", 0x40+number, 1+s.dice.IntN(0xfffe))
	}
	return core.ClientInfo{Address: address, UserAgent: desktops[s.dice.IntN(len(desktops))]}
}

// phone is the browser that a member has along.
func (s *stage) phone(number int) core.ClientInfo {
	return core.ClientInfo{
		Address: fmt.Sprintf("2001:db8:a11:%x::%x", number, 1+s.dice.IntN(0xfffe)), UserAgent: phones[s.dice.IntN(len(phones))],
	}
}
