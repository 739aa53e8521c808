package mailer

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// IDHost is what stands on the right side of the Message-IDs of mails: the host of the base URL, without its port, as
// RFC 5322 §3.6.4 can write it. An IPv6 address needs brackets there, and a dot at the end cannot be.
func IDHost(base *url.URL) string {
	host := strings.Trim(base.Hostname(), ".")
	if address, err := netip.ParseAddr(host); err == nil && address.Is6() {
		return "[IPv6:" + address.WithZone("").String() + "]"
	}
	return host
}

// messageID is the id without its brackets.
func messageID(text string) (string, error) {
	id, closed := strings.CutSuffix(strings.TrimPrefix(text, "<"), ">")
	if !closed || !strings.HasPrefix(text, "<") || checkAddress(plainHost(id)) != nil {
		return "", fmt.Errorf("%q is no Message-ID", text)
	}
	return id, nil
}

// plainHost is an id whose host is an IPv6 address, with another host that SMTP takes everywhere; any other id stays.
func plainHost(id string) string {
	left, right, _ := strings.Cut(id, "@[IPv6:")
	inner, closed := strings.CutSuffix(right, "]")
	if address, err := netip.ParseAddr(inner); !closed || err != nil || !address.Is6() || address.Zone() != "" {
		return id
	}
	return left + "@localhost"
}
