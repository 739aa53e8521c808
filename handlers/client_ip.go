package handlers

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
)

// unreadable stands for the address of somebody of whom a trusted proxy says what is no address. It lies in no network.
const unreadable = "unknown"

// clientAddress tells where a request comes from: the TCP peer, or what the trusted proxies in front say, the nearest
// first. Who is not trusted is believed nothing.
func clientAddress(trusted accounts.Networks) echo.IPExtractor {
	return func(r *http.Request) string {
		address, ok := peerOf(r)
		for _, hop := range slices.Backward(forwardedFor(r)) {
			if !ok || !trusted.Contain(address) {
				break
			}
			address, ok = parseHop(hop)
		}
		if !ok {
			return unreadable
		}
		return address.String()
	}
}

// peerOf is who sent the request. The zone of a link-local address says only by which interface.
func peerOf(r *http.Request) (netip.Addr, bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return peer.Addr().Unmap().WithZone(""), err == nil
}

// forwardedFor is the list of X-Forwarded-For, which may be spread over several headers.
func forwardedFor(r *http.Request) []string {
	list := strings.Join(r.Header.Values(echo.HeaderXForwardedFor), ",")
	if strings.TrimSpace(list) == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// parseHop reads an entry of the list in its one spelling: some proxies write brackets, or a port, and an IPv4 address may
// come inside an IPv6 one. A zone belongs to no address that a proxy could be reached from.
func parseHop(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	address, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	if err != nil {
		var withPort netip.AddrPort
		withPort, err = netip.ParseAddrPort(text)
		address = withPort.Addr()
	}
	return address.Unmap(), err == nil && address.Zone() == ""
}
