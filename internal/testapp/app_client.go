package testapp

import (
	"cmp"
	"crypto/sha256"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// Client is a browser without scripts. It keeps cookies and does not follow redirects. Header is sent with every request.
type Client struct {
	App    *App
	Header http.Header
	http   *http.Client
}

// Client opens a browser without cookies.
func (a *App) Client() *Client {
	a.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		a.Fatal(err)
	}
	return &Client{App: a, Header: http.Header{}, http: &http.Client{
		Transport: a.transport(), Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// For returns the same browser for a subtest, like [App.For].
func (c *Client) For(tb testing.TB) *Client {
	other := *c
	other.App = c.App.For(tb)
	return &other
}

// Reply is an answer. Its page is parsed on first use.
type Reply struct {
	Status int
	Header http.Header
	Body   string
	Cookie *http.Cookie // the one that the answer set; nil: none
	client *Client
	method string
	path   string
	page   *goquery.Document // nil: not parsed yet
}

// Get requests a page. Headers are pairs of names and values.
func (c *Client) Get(path string, headers ...string) *Reply {
	c.App.Helper()
	return c.Do(c.Request(http.MethodGet, path, nil, headers...))
}

// Post sends a form like a page of the site does. A header with an empty value is removed.
func (c *Client) Post(path string, form url.Values, headers ...string) *Reply {
	c.App.Helper()
	request := c.Request(http.MethodPost, path, strings.NewReader(form.Encode()),
		"Content-Type", "application/x-www-form-urlencoded", "Origin", c.App.BaseURL.String(), "Sec-Fetch-Site", "same-origin")
	setHeaders(request, headers)
	return c.Do(request)
}

// Form returns a form with pairs of names and values.
func Form(pairs ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

// Request prepares a request. An invalid path is sent unchanged.
func (c *Client) Request(method, path string, body io.Reader, headers ...string) *http.Request {
	c.App.Helper()
	request, err := http.NewRequestWithContext(c.App.Context(), method, c.App.BaseURL.String(), body)
	if err != nil {
		c.App.Fatal(err)
	}
	plain, query, _ := strings.Cut(path, "?")
	request.URL.RawQuery = query
	if request.URL.Path, err = url.PathUnescape(plain); err != nil {
		request.URL.Path, request.URL.Opaque = "", "//"+c.App.BaseURL.Host+plain
	} else {
		request.URL.RawPath = plain
	}
	for name, values := range c.Header {
		request.Header[name] = values
	}
	setHeaders(request, headers)
	return request
}

func setHeaders(request *http.Request, headers []string) {
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Del(headers[i])
		if headers[i+1] != "" {
			request.Header.Set(headers[i], headers[i+1])
		}
	}
}

// Do sends a request and reads the answer. Every page is checked with [HTMLFaults].
func (c *Client) Do(request *http.Request) *Reply {
	c.App.Helper()
	response, err := c.http.Do(request)
	if err != nil {
		c.App.Fatalf("%s %s: %v", request.Method, request.URL, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.App.Fatalf("%s %s: reading: %v", request.Method, request.URL, err)
	}
	reply := &Reply{
		Status: response.StatusCode, Header: response.Header, Body: string(body), client: c,
		method: request.Method, path: request.URL.RequestURI(),
	}
	if cookies := response.Cookies(); len(cookies) > 0 {
		reply.Cookie = cookies[0]
	}
	c.inspect(reply)
	c.App.checkContract(reply)
	return reply
}

// inspect checks pages, but not the HTML of mails and compressed answers. A page that differs from a checked one only in its
// request id is not checked again.
func (c *Client) inspect(reply *Reply) {
	c.App.Helper()
	if reply.Body == "" || reply.Header.Get("Content-Encoding") != "" || !strings.HasPrefix(reply.Header.Get("Content-Type"), "text/html") || isMail(reply.path) {
		return
	}
	seen := sha256.Sum256([]byte(strings.ReplaceAll(reply.Body, cmp.Or(reply.Header.Get("X-Request-Id"), "\x00"), "")))
	if _, known := sound.Load(seen); known {
		return
	}
	faults := pageFaults(reply.Body, reply.Document())
	for _, fault := range faults {
		c.App.Errorf("%s %s: %s", reply.method, reply.path, fault)
	}
	if len(faults) == 0 {
		sound.Store(seen, true)
	}
}

// sound holds the hashes of pages without faults.
var sound sync.Map

// isMail reports whether the page at a path is the HTML of a mail.
func isMail(path string) bool {
	return strings.HasSuffix(path, "/html") || strings.Contains(path, "part=html")
}

// Session returns the value of the session cookie; "" = none.
func (c *Client) Session() string { return c.cookie("latchkey") }

// Device returns the value of the device cookie; "" = none.
func (c *Client) Device() string { return c.cookie("latchkey-device") }

func (c *Client) cookie(name string) string {
	for _, cookie := range c.http.Jar.Cookies(c.App.BaseURL) {
		if strings.TrimPrefix(cookie.Name, "__Host-") == name {
			return cookie.Value
		}
	}
	return ""
}

// SetSession sets the session cookie.
func (c *Client) SetSession(value string) {
	name := "latchkey"
	if c.App.BaseURL.Scheme == "https" {
		name = "__Host-latchkey"
	}
	c.http.Jar.SetCookies(c.App.BaseURL, []*http.Cookie{{Name: name, Value: value, Path: "/", Secure: c.App.BaseURL.Scheme == "https"}})
}
