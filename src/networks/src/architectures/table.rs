//! Generates the types that hold any architecture and any network, and the dispatch, from one table.

/// Makes `Architecture`, `Network` and the functions that must know every architecture.
///
/// `KIND: CONFIG` gives both enums a variant `KIND`; in a card the kind is written in snake case.
macro_rules! architectures {
    ($($(#[doc = $doc:literal])+ $kind:ident: $config:ty),+ $(,)?) => {
        /// An architecture and its numbers, as a card states them. It can be used as its
        /// [configuration](ArchitectureConfig).
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind", rename_all = "snake_case")]
        pub enum Architecture {
            $($(#[doc = $doc])+ $kind($config),)+
        }

        /// A network of any architecture.
        #[derive(Clone, Debug)]
        pub enum Network {
            $($(#[doc = $doc])+ $kind(Box<<$config as ArchitectureConfig>::Network>),)+
        }

        impl Deref for Architecture {
            type Target = dyn ArchitectureConfig;

            fn deref(&self) -> &Self::Target {
                match self {
                    $(Self::$kind(config) => config,)+
                }
            }
        }

        impl DerefMut for Architecture {
            fn deref_mut(&mut self) -> &mut Self::Target {
                match self {
                    $(Self::$kind(config) => config,)+
                }
            }
        }

        impl Architecture {
            /// A network of this shape on `device`; see [`ArchitectureConfig::init`].
            ///
            /// # Errors
            /// When a number cannot be used.
            pub fn init(&self, device: &Device) -> Result<Network, BadConfig> {
                Ok(match self {
                    $(Self::$kind(config) => Network::$kind(Box::new(config.init(device)?)),)+
                })
            }

            /// The architecture that was published under a name, and its preprocessing.
            fn of_name(name: &PublicName<'_>) -> Option<(Self, Preprocess)> {
                let mut found = None;
                $(found = found.or_else(|| {
                    let (config, preprocess) = <$config>::published(name)?;
                    Some((Self::$kind(config), preprocess))
                });)+
                found
            }

            /// Public names of every kind of architecture.
            fn examples() -> Vec<&'static str> {
                [$(<$config>::examples()),+].concat()
            }
        }

        impl Network {
            /// One vector for each picture, read at `layer`; see [`ReadableNetwork::read`].
            ///
            /// # Shapes
            /// `[b, 3, px, px]`, normalised as the card says → `[b, dims]`
            ///
            /// # Panics
            /// When the pictures have another size, or the network has no such layer.
            pub fn read(&self, pictures: Tensor<4>, layer: Layer, top_k: Option<TopK>) -> Tensor<2> {
                match self {
                    $(Self::$kind(network) => network.read(pictures, layer, top_k),)+
                }
            }

            /// Every parameter of a network that lies on the CPU, by our names.
            pub fn collect(&self) -> Weights {
                match self {
                    $(Self::$kind(network) => keys::collect(&**network),)+
                }
            }

            /// The parameters that a checkpoint must bring.
            pub fn parameters(&self) -> Vec<keys::Parameter> {
                match self {
                    $(Self::$kind(network) => keys::parameters(&**network),)+
                }
            }

            /// The network with those of `weights` that fit it, and the account of every key.
            pub fn apply<T: Loadable>(
                self,
                weights: &BTreeMap<String, T>,
                device: &Device,
            ) -> (Self, KeyReport) {
                match self {
                    $(Self::$kind(network) => {
                        let (network, report) = keys::apply(*network, weights, device);
                        (Self::$kind(Box::new(network)), report)
                    })+
                }
            }
        }
    };
}

pub(super) use architectures;
