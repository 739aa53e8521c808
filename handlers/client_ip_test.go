package handlers_test

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
)

func prefixes(texts ...string) (list []netip.Prefix) {
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

// Only trusted hops determine the client address. If they forward an invalid entry, the client is unknown and in no network.
func TestClientAddress(t *testing.T) {
	testkit.Parallel(t)
	const peer, client, unreadable = "127.0.0.1", "203.0.113.7", "unknown"
	for _, tc := range []struct {
		what    string
		trusted []netip.Prefix
		headers []string
		want    map[string]string // X-Forwarded-For → address
	}{
		{"nobody trusted", nil, nil, map[string]string{client: peer, "127.0.0.1": peer, "": peer}},
		{"the peer not trusted", prefixes("10.0.0.0/8"), nil, map[string]string{client: peer, client + ", 10.0.0.1": peer}},
		{"trusted", prefixes("127.0.0.1/32", "10.0.0.0/8", "2001:db8:1::/48"), nil, map[string]string{
			client: client, "": peer, " " + client + " ": client,
			"198.51.100.1, " + client:                     client, // the left one is the client's own claim
			"10.1.1.1, " + client + ", 10.2.2.2,10.3.3.3": client,
			"127.0.0.1, " + client:                        client,
			client + ", 192.168.1.1":                      "192.168.1.1", // private is not trusted
			client + ", 127.0.0.2":                        "127.0.0.2",   // nor is loopback
			"::ffff:" + client:                            client,
			client + ", ::ffff:10.1.1.1":                  client,
			"2001:db8::7":                                 "2001:db8::7",
			"[2001:db8::7]":                               "2001:db8::7",
			"2001:DB8:0::7, 2001:db8:1::1":                "2001:db8::7",
			"10.1.1.1, 10.2.2.2":                          "10.1.1.1", // hops only: the farthest
			"garbage":                                     unreadable,
			client + ", garbage":                          unreadable,
			"garbage, " + client:                          client, // left of what decides
			client + ":4711":                              client,
			client + ",":                                  unreadable,
			"unknown":                                     unreadable,
			"<script>alert(1)</script>":                   unreadable,
			"fe80::1%eth0":                                unreadable,
			"fe80::1%eth0, " + client:                     client,
			client + ", ::ffff:10.1.1.1%eth0":             unreadable, // a zone belongs to no address that routes
			"::ffff:203.0.113.7%1":                        unreadable,
			"::ffff:127.0.0.1":                            peer, // the nearest hop itself
			"2001:DB8:1:0:0::1":                           "2001:db8:1::1",
			"[2001:db8::7]:4711":                          "2001:db8::7",
			"0xcb.0.0x71.7":                               unreadable,
		}},
		{"all", prefixes("0.0.0.0/0", "::/0"), nil, map[string]string{"198.51.100.1, " + client: "198.51.100.1"}},
		{"other headers", prefixes("127.0.0.1/32"), []string{"X-Real-Ip", client, "Forwarded", "for=" + client, "True-Client-Ip", client}, map[string]string{"": peer}},
	} {
		t.Run(tc.what, func(t *testing.T) {
			company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
				root := app.SignIn("root")
				for header, want := range tc.want {
					headers := append([]string{"X-Forwarded-For", header}, tc.headers...)
					app.Client().Post("/sign-in", testapp.Form("name", "nobody", "password", "x"), headers...).Want(422)
					check(t, header, root.Get("/audit?action=sign-in-failed").Text("tr[data-id] td:nth-child(5)"), want)
				}
			}, func(o *testapp.AppOptions) { o.TrustedProxies = tc.trusted })
		})
	}
}

// Several headers form one list, in which later entries are nearer hops.
func TestClientAddressWithRepeatedHeaders(t *testing.T) {
	testkit.Parallel(t)
	const far, near, hop = "198.51.100.1", "203.0.113.7", "127.0.0.1"
	for _, tc := range []struct {
		headers []string
		want    string
	}{
		{[]string{far, near}, near}, {[]string{far, near + ", " + hop}, near}, {[]string{far + ", " + near, hop}, near},
		{[]string{near, ""}, "unknown"}, {[]string{near, "garbage"}, "unknown"}, {[]string{"garbage", near}, near}, {[]string{"", near}, near},
	} {
		t.Run(strings.Join(tc.headers, " | "), func(t *testing.T) {
			company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
				browser := app.Client()
				browser.Header["X-Forwarded-For"] = tc.headers
				browser.SignIn("ann", testapp.Secret).Want(303)
				got := app.SignIn("root").Get("/audit?action=signed-in").Texts("tr[data-id] td:nth-child(5)")
				check(t, "address", got[1], tc.want)
			}, func(o *testapp.AppOptions) { o.TrustedProxies = prefixes(hop + "/32") })
		})
	}
}

// absolute matches the URLs with a host in a response.
var absolute = regexp.MustCompile(`(?i)https?://[^\s"'<>]+`)

// Whatever a request claims as its host, no answer to any visitor, and nothing that the request causes, links to anything but the
// base URL.
func TestHostPoisoning(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		blacklist(app, "bob")
		in, named := ids(who.Bob.ID, app.Sweep()[0].ID), map[string]bool{}
		known := "localhost:" + app.BaseURL.Port() // links to it show a page that takes the host from the request
		poisoned := []string{
			"X-Forwarded-Host", "evil.example", "Forwarded", "host=evil.example;proto=https", "X-Forwarded-Proto", "https", "X-Forwarded-Port", "444",
			"X-Forwarded-Server", "evil.example", "X-Forwarded-Prefix", "//evil.example", "X-Host", "evil.example", "X-Original-Url", "https://evil.example/",
			"X-Original-Host", "evil.example", "X-Rewrite-Url", "https://evil.example/", "X-Http-Host-Override", "evil.example",
			"Referer", "https://evil.example/sign-in", "Sec-Fetch-Site", "same-origin", "Content-Type", "application/x-www-form-urlencoded",
		}
		ask := func(browser *testapp.Client, method, path string, form url.Values) {
			t.Helper()
			for _, target := range []string{"", "http://" + known} { // in the Host header, and in the request line
				request := browser.Request(method, path, strings.NewReader(form.Encode()), poisoned...)
				request.Host = known
				request.Header.Set("Cookie", "latchkey="+browser.Session()) // which a browser's jar keeps for another host
				if target != "" && request.URL.Opaque == "" {
					request.URL.Opaque = target + request.URL.EscapedPath()
				}
				got := browser.Do(request)
				hasNot(t, got, "evil.example", "localhost", ":444")
				for _, address := range absolute.FindAllString(got.Body+" "+got.Header.Get("Location"), -1) {
					if address == app.BaseURL.String() || strings.HasPrefix(address, app.BaseURL.String()+"/") {
						named[path] = true
					} else if !elsewhereOnPurpose.MatchString(address) {
						t.Errorf("%s %s names %s", method, path, address)
					}
				}
			}
		}
		for _, browser := range visitors(app) {
			for _, route := range app.Routes {
				for _, path := range in.paths(t, route) {
					ask(browser(), route.Method, path, nil)
				}
			}
		}
		root := app.SignIn("root")
		generated := testapp.Form("kind", "customer", "name", "new", "email", "new@example.com", "password_mode", "generated", "one_time", "1")
		ask(root, "POST", "/accounts", generated)
		ask(root, "POST", "/accounts/"+who.Ann.ID+"/password", generated)
		for _, path := range []string{"/accounts", "/accounts/" + who.Ann.ID + "/password", "/.well-known/security.txt"} {
			check(t, path+" names the base URL", named[path], true)
		}
	}, func(o *testapp.AppOptions) {
		o.TrustedProxies, o.SecurityContact = prefixes("127.0.0.1/32"), "mailto:security@example.com"
	})
}

// elsewhereOnPurpose are addresses that pages name whatever was asked for: namespaces, standards, and those of invented mails.
var elsewhereOnPurpose = regexp.MustCompile(`^https?://(www\.w3\.org/|latchkey\.example\.com)`)
