package config

import (
	"errors"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"latchkey/internal/problem"
)

func listenAddress(text string) (string, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return "", errors.New(quote(text) + " is not host:port, such as 127.0.0.1:8080")
	}
	if n, err := strconv.Atoi(port); err != nil || !digits(port) || n > 65535 {
		return "", errors.New("the port of " + quote(text) + " is not a number from 0 to 65535")
	}
	if !hostName(host) && host != "" {
		return "", errors.New("the host of " + quote(text) + " is neither an IP address nor a host name")
	}
	return text, nil
}

// sameAddress reports whether two listen addresses conflict: same port, and same host or one of them all interfaces. Port 0 is
// a different one each time.
func sameAddress(a, b string) bool {
	hostA, portA, _ := net.SplitHostPort(a) // both were checked
	hostB, portB, _ := net.SplitHostPort(b)
	numberA, _ := strconv.Atoi(portA)
	numberB, _ := strconv.Atoi(portB)
	if numberA != numberB || numberA == 0 {
		return false
	}
	return everywhere(hostA) || everywhere(hostB) || strings.EqualFold(hostA, hostB)
}

// everywhere reports whether a listen host means all interfaces.
func everywhere(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "" || err == nil && address.IsUnspecified()
}

// IsLoopback reports whether a host, given without a port, is this machine itself.
func IsLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback() || strings.EqualFold(strings.TrimSuffix(host, "."), "localhost")
}

// localURL returns the default base URL.
func localURL(listen string) *url.URL {
	host := "localhost"
	if _, port, err := net.SplitHostPort(listen); err == nil && port != "80" {
		host += ":" + port
	}
	return &url.URL{Scheme: "http", Host: host}
}

func baseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("is not an address that can be read; it must be like https://latchkey.example.com")
	}
	if why := notABase(u); why != "" {
		return nil, errors.New(quote(text) + " " + why)
	}
	return &url.URL{Scheme: u.Scheme, Host: originHost(u)}, nil
}

// notABase returns why a URL cannot be the base URL, or "".
func notABase(u *url.URL) string {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return "must begin with http:// or https://"
	case u.User != nil:
		return "must not hold a user or password"
	case !hostName(u.Hostname()):
		return "must name a host, in ASCII (xn--…)"
	case badPort(u.Port()):
		return "has a port that is not a number from 1 to 65535"
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "must not hold a query or a fragment"
	case u.Path != "" && u.Path != "/":
		return "must not hold a path: the program serves from the root of its host"
	}
	return ""
}

// originHost returns host and port as in an Origin header: lower case, without the default port of the scheme.
func originHost(u *url.URL) string {
	host := strings.TrimSuffix(strings.ToLower(u.Host), ":")
	if u.Scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

// mailAddress reads one mail address, with or without a name.
func mailAddress(text string) (*mail.Address, error) {
	address, err := mail.ParseAddress(text)
	if err != nil {
		return nil, errors.New("is not a mail address; it must be like Latchkey <latchkey@example.com>")
	}
	return address, problem.CheckAddress(address.Address)
}

// networks reads a list of networks and addresses. A network with host bits set is probably a mistake, and refused.
func networks(text string) (all []netip.Prefix, err error) {
	for item := range strings.SplitSeq(text, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		prefix, err := parseNetwork(item)
		if err != nil {
			return nil, err
		}
		all = append(all, prefix)
	}
	return all, nil
}

// restriction reads a list of networks that must not be empty: that would be no restriction.
func restriction(text string) ([]netip.Prefix, error) {
	all, err := networks(text)
	if err == nil && len(all) == 0 {
		err = errors.New(quote(text) + " names no network such as 10.0.0.0/8")
	}
	return all, err
}

func parseNetwork(item string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(item); err == nil && address.Zone() == "" {
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(item)
	switch {
	case err != nil:
		return prefix, errors.New(quote(item) + " is not a network such as 10.0.0.0/8")
	case prefix.Addr().Is4In6():
		return prefix, errors.New(quote(item) + " must be written as an IPv4 network")
	case prefix != prefix.Masked():
		return prefix, errors.New(quote(item) + " has host bits set; write " + prefix.Masked().String())
	}
	return prefix, nil
}

// hostName accepts IP addresses and ASCII host names.
func hostName(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"
	return host != "" && strings.Trim(host, allowed) == ""
}

// badPort reports an invalid port of a URL; an empty one is valid.
func badPort(port string) bool {
	n, err := strconv.Atoi(port)
	return port != "" && (err != nil || n < 1 || n > 65535)
}

func digits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }
