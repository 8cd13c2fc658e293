package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

const account = "/var/run/secrets/kubernetes.io/serviceaccount/"

// api is the API server, as the pod's service account may ask it, in the pod's own namespace.
type api struct {
	base   string
	client *http.Client
}

func newAPI() (*api, error) {
	host, port := os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT")
	if host == "" {
		return nil, fmt.Errorf("this is no pod: there is no KUBERNETES_SERVICE_HOST")
	}
	namespace, err := os.ReadFile(account + "namespace")
	if err != nil {
		return nil, err
	}
	trusted, err := os.ReadFile(account + "ca.crt")
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(trusted)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	return &api{
		base:   "https://" + net.JoinHostPort(host, port) + "/api/v1/namespaces/" + strings.TrimSpace(string(namespace)),
		client: &http.Client{Timeout: 2 * time.Second, Transport: transport},
	}, nil
}

// call sends a request for a path below the namespace, and reads the JSON of its answer into found.
func (a *api) call(method, path string, found any) error {
	token, err := os.ReadFile(account + "token") // a new one comes before the old one ends
	if err != nil {
		return err
	}
	request, err := http.NewRequest(method, a.base+"/"+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	answer, err := a.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode > 299 {
		var refusal struct {
			Message string `json:"message"`
		}
		json.NewDecoder(answer.Body).Decode(&refusal)
		return fmt.Errorf("the API server said %d: %s", answer.StatusCode, refusal.Message)
	}
	return json.NewDecoder(answer.Body).Decode(found)
}

// tidy deletes pods, one after the other, for ever.
func tidy() error {
	every, err := period("EVERY", "2s")
	if err != nil {
		return err
	}
	api, err := newAPI()
	if err != nil {
		return err
	}
	for ; ; time.Sleep(every) {
		var found struct {
			Items []struct {
				Metadata struct {
					Name string `json:"name"`
					Ends string `json:"deletionTimestamp"`
				} `json:"metadata"`
			} `json:"items"`
		}
		if err := api.call(http.MethodGet, "pods?labelSelector="+url.QueryEscape(setting("LABEL", "app=web")), &found); err != nil {
			slog.Error("nothing tidied", "error", err.Error())
			continue
		}
		var staying []string
		for _, pod := range found.Items {
			if pod.Metadata.Ends == "" {
				staying = append(staying, pod.Metadata.Name)
			}
		}
		if len(staying) == 0 {
			continue
		}
		name := staying[rand.IntN(len(staying))]
		var gone any
		if err := api.call(http.MethodDelete, "pods/"+name, &gone); err != nil {
			slog.Error("nothing tidied", "error", err.Error())
			continue
		}
		slog.Info("tidied", "pod", name)
	}
}
