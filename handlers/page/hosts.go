package page

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/config"
	"latchkey/views"
	"latchkey/views/ui"
)

// maxShownHost limits how many bytes of an unknown host are shown.
const maxShownHost = 255

// allowedHosts are the hosts under which the site answers, each with its port.
type allowedHosts struct {
	hosts       map[string]bool
	defaultPort string
}

// newAllowedHosts allows the host of the base URL. Over http it also allows that host with the port that the program listens on ("" =
// unknown) and, if the host is loopback, all loopback names with that port.
func newAllowedHosts(base *url.URL, listenPort string) allowedHosts {
	known := allowedHosts{hosts: map[string]bool{}, defaultPort: "80"}
	if base.Scheme == "https" {
		known.defaultPort = "443"
	}
	known.hosts[known.canonical(base.Host)] = true
	if base.Scheme != "http" || listenPort == "" {
		return known
	}
	names := []string{base.Hostname()}
	if config.IsLoopback(base.Hostname()) {
		names = append(names, "localhost", "127.0.0.1", "::1")
	}
	for _, name := range names {
		known.hosts[known.canonical(net.JoinHostPort(name, listenPort))] = true
	}
	return known
}

// contain reports whether the value of a Host header is allowed.
func (k allowedHosts) contain(host string) bool {
	return len(host) <= maxShownHost && k.hosts[k.canonical(host)]
}

// canonical normalizes a host and its port. A dot at the end of a name only marks it as fully qualified.
func (k allowedHosts) canonical(host string) string {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"), ""
	}
	if port == "" {
		port = k.defaultPort
	}
	if address, err := netip.ParseAddr(name); err == nil {
		name = address.String()
	}
	return net.JoinHostPort(strings.TrimSuffix(strings.ToLower(name), "."), port)
}

// refuseOtherHosts answers 421 under all other hosts: this stops DNS rebinding, and shows that a proxy does not forward the host.
// Health checks are exempt, since they use the IP address.
func (s *Kit) refuseOtherHosts(c echo.Context) error {
	r := c.Request()
	if s.hosts.contain(r.Host) || r.URL.Path == "/healthz" || r.URL.Path == "/readyz" {
		return nil
	}
	c.Response().Header().Del(echo.HeaderStrictTransportSecurity) // it would apply to a name that is not ours
	return echo.NewHTTPError(http.StatusMisdirectedRequest)
}

// misdirected returns the page for an unknown host.
func (s *Kit) misdirected(c echo.Context) views.MisdirectedPage {
	host := c.Request().Host
	if len(host) > maxShownHost {
		host = host[:maxShownHost] + "…"
	}
	line := "proxy_set_header Host $host"
	if port := s.BaseURL.Port(); port != "" {
		line += ":" + port
	}
	return views.MisdirectedPage{
		Frame: s.PlainFrame(c, "Unknown host"), Base: s.BaseURL.String(),
		Host: strings.Trim(strconv.QuoteToASCII(host), `"`), RequestID: RequestID(c),
		Proxies: []ui.Option{{Value: line + ";", Label: "nginx"}, {Value: "ProxyPreserveHost On", Label: "Apache"}},
	}
}
