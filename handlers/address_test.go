package handlers_test

import (
	"net/netip"
	"testing"

	"latchkey/internal/testkit"
)

func prefixes(texts ...string) (list []netip.Prefix) {
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

// Only trusted hops say where a request comes from. What they pass on that cannot be read is not believed: then it comes
// from the hop itself.
func TestClientAddress(t *testing.T) {
	const peer, client = "127.0.0.1", "203.0.113.7"
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
			"garbage":                                     peer,
			client + ", garbage":                          peer,
			"garbage, " + client:                          client, // left of what decides
			client + ":4711":                              peer,
			client + ",":                                  peer,
			"unknown":                                     peer,
			"<script>alert(1)</script>":                   peer,
			"fe80::1%eth0":                                peer,
			"0xcb.0.0x71.7":                               peer,
		}},
		{"all", prefixes("0.0.0.0/0", "::/0"), nil, map[string]string{"198.51.100.1, " + client: "198.51.100.1"}},
		{"mapped", prefixes("::ffff:127.0.0.1/128"), nil, map[string]string{client: client}},
		{"other headers", prefixes("127.0.0.1/32"), []string{"X-Real-Ip", client, "Forwarded", "for=" + client, "True-Client-Ip", client}, map[string]string{"": peer}},
	} {
		t.Run(tc.what, func(t *testing.T) {
			app := testkit.NewApp(t, testkit.SQLite(t), func(o *testkit.AppOptions) { o.TrustedProxies = tc.trusted })
			app.Company()
			root := app.SignIn("root")
			for header, want := range tc.want {
				headers := append([]string{"X-Forwarded-For", header}, tc.headers...)
				app.Client().Post("/sign-in", testkit.Form("name", "nobody", "password", "x"), headers...).Want(422)
				check(t, header, root.Get("/audit?action=sign-in-failed").Text("tr[data-id] td:nth-child(4)"), want)
			}
		})
	}
}

// Of two headers the later stands for the nearer hops.
func TestDoubledForwardedFor(t *testing.T) {
	app := testkit.NewApp(t, testkit.SQLite(t), func(o *testkit.AppOptions) { o.TrustedProxies = prefixes("127.0.0.1/32") })
	app.Company()
	browser := app.Client()
	browser.Header["X-Forwarded-For"] = []string{"198.51.100.1", "203.0.113.7"}
	browser.SignIn("ann", testkit.Secret).Want(303)
	check(t, "address", app.SignIn("root").Get("/audit?action=signed-in").Find("tr[data-id]:nth-child(2) td:nth-child(4)").Text(), "203.0.113.7")
}

// Whatever host a request names, answers lead nowhere else.
func TestHostPoisoning(t *testing.T) {
	company(t, func(t *testing.T, app *testkit.App, _ testkit.Company) {
		for _, path := range []string{"/", "/accounts?q=x", "/password", "/sign-in", "/nothing"} {
			browser := app.Client()
			request := browser.Request("GET", path, nil, "X-Forwarded-Host", "evil.example", "Forwarded", "host=evil.example", "X-Forwarded-Proto", "https")
			request.Host = "evil.example"
			hasNot(t, browser.Do(request), "evil.example")
		}
	})
}
