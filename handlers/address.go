package handlers

import (
	"net"
	"net/http"
	"net/netip"

	"github.com/labstack/echo/v4"
)

// clientAddress tells where a request comes from: the TCP peer, or what the trusted proxies in front say.
func clientAddress(trusted []netip.Prefix) echo.IPExtractor {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, prefix := range trusted {
		options = append(options, echo.TrustIPRange(ipNet(prefix)))
	}
	extract := echo.ExtractIPFromXFFHeader(options...)
	return func(r *http.Request) string { return spelt(extract(r)) }
}

// spelt gives an address in its one spelling, however a hop wrote it: an IPv4 address may come inside an IPv6 one.
func spelt(address string) string {
	parsed, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	return parsed.Unmap().String()
}

func ipNet(prefix netip.Prefix) *net.IPNet {
	return &net.IPNet{
		IP: prefix.Masked().Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), prefix.Addr().BitLen()),
	}
}
