//! Whom a request comes from, as far as limits need it: a network address, never stored and never logged.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;
use axum::http::request::Parts;

/// The other end of the connection, in every request's extensions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Addresses of proxies, whose word on the client's address is taken.
#[derive(Debug, Clone)]
pub(super) struct Proxies(pub(super) Vec<IpAddr>);

impl Proxies {
    /// The client's network: an IPv4 address, or the /64 of an IPv6 address, of which one household has all.
    ///
    /// Each proxy appends the address that it was called from to `x-forwarded-for`; the last one that is no
    /// proxy of ours is the client's. What stands before it anybody may have written.
    pub(super) fn client(&self, parts: &Parts) -> Option<IpAddr> {
        let Peer(peer) = parts.extensions.get()?;
        if !self.trusts(*peer) {
            return Some(network(*peer));
        }
        let lists = parts.headers.get_all("x-forwarded-for").iter().rev();
        let named = lists.filter_map(|list| list.to_str().ok()).flat_map(|list| list.rsplit(','));
        let client =
            named.map_while(|address| address.trim().parse().ok()).find(|address| !self.trusts(*address));
        Some(network(client.unwrap_or(*peer)))
    }

    /// A trusted proxy says that it was asked over TLS.
    pub(super) fn is_tls(&self, peer: Option<&Peer>, headers: &HeaderMap) -> bool {
        let says = headers.get("x-forwarded-proto").is_some_and(|value| value == "https");
        says && peer.is_some_and(|Peer(peer)| self.trusts(*peer))
    }

    /// A proxy on the same machine is trusted: whoever runs programs there need not lie about addresses.
    fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_loopback() || self.0.contains(&address)
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use axum::extract::Request;

    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let mut request = Request::new(());
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        for list in forwarded {
            request.headers_mut().append("x-forwarded-for", list.parse().unwrap());
        }
        let proxies = Proxies(vec!["10.0.0.1".parse().unwrap()]);
        proxies.client(&request.into_parts().0).unwrap().to_string()
    }

    #[test]
    fn only_a_trusted_proxy_speaks_for_others() {
        assert_eq!(client("203.0.113.9", &["198.51.100.1"]), "203.0.113.9", "a stranger's word");
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(client("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            client("::ffff:127.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.1"]),
            "198.51.100.1",
            "the last that is no proxy"
        );
        assert_eq!(client("10.0.0.1", &["1.1.1.1", "198.51.100.1"]), "198.51.100.1", "the last header");
        assert_eq!(client("10.0.0.1", &["forged, nonsense"]), "10.0.0.1");
    }

    #[test]
    fn a_household_is_one_address() {
        assert_eq!(client("2001:db8:1:2:3:4:5:6", &[]), "2001:db8:1:2::");
        assert_eq!(client("2001:db8:1:2:ffff::1", &[]), "2001:db8:1:2::");
    }
}
