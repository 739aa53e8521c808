// Package rpid derives the relying party ID of passkeys from the address of the service (WebAuthn Level 3, §5.1.2).
package rpid

import (
	"errors"
	"net/netip"
	"net/url"
)

// Why browsers make no passkeys for an address.
var (
	ErrNoName = errors.New("passkeys need a host name")
	ErrHTTP   = errors.New("passkeys need https")
)

// Of returns the relying party ID of the service with the base URL: its host name. It returns [ErrNoName] without a base URL or if its
// host is an IP address, and [ErrHTTP] if it is not https, which only localhost need not be.
func Of(base *url.URL) (string, error) {
	if base == nil {
		return "", ErrNoName
	}
	host := base.Hostname()
	if _, err := netip.ParseAddr(host); err == nil || host == "" {
		return "", ErrNoName
	}
	if base.Scheme != "https" && host != "localhost" {
		return "", ErrHTTP
	}
	return host, nil
}
