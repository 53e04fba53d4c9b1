//! The texts of the steps in Spanish.

use super::StepsTexts;

pub const SPANISH: StepsTexts = StepsTexts {
    progress: |place, steps| format!("Paso {place} de {steps}"),
    continue_: "Continuar",
    language: "Idioma",
    not_translated: "Este texto no existe en su idioma. Ve el original.",
    agree: "Acepto y participo",
    decline: "No acepto",
    left_title: "No participa",
    left_no_consent: "No ha aceptado, así que no se ha registrado nada. Gracias por su tiempo.",
    left_screened_out: "Este estudio no funciona en su dispositivo, así que no se ha registrado nada. Gracias \
                        por su tiempo.",
    left_taken_before: "Ya ha participado en este estudio. Aquí tiene su código otra vez.",
    your_code: "Su código:",
    back_to_panel: "Volver al sitio que le envió aquí",
    screening_title: "¿Sirve su dispositivo?",
    screening_checks: "Comprobando su dispositivo",
    screening_fits: "Su dispositivo sirve.",
    screening_lacks: "Falta algo:",
    device_needed: |devices| {
        format!("Este estudio necesita otro dispositivo: {devices}. Abra el enlace allí.")
    },
    device_names: ["un ordenador", "una tableta", "un teléfono"],
    viewport_needed: |[width, height], [now_width, now_height]| {
        format!(
            "La ventana debe medir al menos {width} × {height} píxeles; mide {now_width} × {now_height}. \
             Agrándela, reduzca el zoom o gire el dispositivo."
        )
    },
    refresh_needed: |needed, now| {
        format!(
            "La pantalla debe actualizarse al menos {needed:.0} veces por segundo; lo hace {now:.0} veces. \
             Conecte el cargador, cierre otros programas y deje esta ventana delante."
        )
    },
    browser_needed: |browsers| {
        format!("Este estudio necesita uno de estos navegadores: {browsers}. Abra el enlace allí.")
    },
    check_again: "Comprobar de nuevo",
    cannot_take_part: "No puedo cambiarlo",
    calibration_title: "El tamaño de su pantalla",
    card_text: "Sostenga una tarjeta bancaria, o una tarjeta del mismo tamaño, contra la pantalla. Mueva el \
                control hasta que el marco sea exactamente tan grande como la tarjeta.",
    card_width: "Anchura del marco",
    distance_ask: "¿A qué distancia de la pantalla están sus ojos? Mídala o calcúlela: un brazo mide unos 60 cm.",
    distance_cm: "Distancia en centímetros",
    distance_wrong: "Hace falta una distancia de 20 a 300 centímetros.",
    blind_spot_text: "Ahora, su distancia de la pantalla. Cierre el ojo derecho. Mire el cuadrado con el ojo \
                      izquierdo sin apartar la vista. Un punto rojo se mueve a la izquierda: pulse la barra \
                      espaciadora, o toque, en cuanto desaparezca.",
    blind_spot_start: "Iniciar el punto",
    blind_spot_press: "Ha desaparecido",
    blind_spot_round: |done, rounds| format!("{done} de {rounds}"),
    blind_spot_again: "El punto llegó al borde. Cierre el ojo derecho, mire el cuadrado y pruebe otra vez.",
    instructions_title: "Su tarea",
    example: "Un ejemplo de cómo funciona",
    quiz_title: "¿Está claro?",
    quiz_wrong: "Aún no son correctas todas las respuestas. Lea la nota y responda de nuevo.",
    questionnaire_title: "Algunas preguntas",
    required: "obligatoria",
    answer_missing: "Responda a esta pregunta, por favor.",
    number_needed: "Hace falta un número.",
    whole_number_needed: "Hace falta un número entero.",
    number_range: |least, most| match (least, most) {
        (Some(least), Some(most)) => format!("Hace falta un número de {least} a {most}."),
        (Some(least), None) => format!("Hace falta al menos {least}."),
        (None, Some(most)) => format!("Hace falta como mucho {most}."),
        (None, None) => String::new(),
    },
    too_long: |most| format!("Como mucho {most} caracteres."),
    mend_answers: "Faltan respuestas o no encajan. Están marcadas abajo.",
    models_title: "Probar con un modelo",
    models_text: "Los modelos informáticos pueden hacer los mismos ensayos en su navegador. Puede probarlo \
                  ahora o continuar.",
    models_open: "Abrir los modelos en otra pestaña",
    debrief_title: "De qué se trataba",
    debrief_text: "Comparamos cómo las personas y los modelos informáticos reconocen imágenes enteras. Gracias \
                   por participar.",
    score_waits: "Su resultado aparece aquí en cuanto se guarden sus respuestas.",
    score: |correct, answers| format!("Encontró la imagen correcta en {correct} de {answers} ensayos."),
    score_kept: "Este estudio no dice las respuestas correctas mientras está en marcha.",
    records_wait: "Se están guardando sus respuestas a las preguntas. Deje esta página abierta.",
    elsewhere_title: "Este estudio está abierto en otra pestaña",
    elsewhere_text: "Solo funciona en una pestaña a la vez. Siga en la otra pestaña, o aquí: entonces la otra \
                     se detiene.",
    take_over: "Seguir aquí",
    taken_over: "Ha seguido con este estudio en otra pestaña. Puede cerrar esta.",
    withdraw: "Retirarse",
    withdraw_question: "¿Parar aquí y borrar todas mis respuestas?",
    withdraw_yes: "Sí, borrarlas",
    withdraw_no: "No",
    submit_assignment: "Entregar la tarea",
    left_not_resumed: "Dejó este estudio durante los ensayos. Debe hacerse de una vez y no se puede continuar. \
                       Por favor, avise a quienes lo realizan.",
    withdraw_title: "Retirarse de un estudio",
    withdraw_lead: "Escriba el recibo personal que vio al final. Sus respuestas se borran entonces; usted \
                    conserva su código.",
    withdraw_receipt: "Recibo personal",
    withdraw_now: "Borrar mis respuestas",
    withdraw_done: "Sus respuestas se han borrado. Gracias por su tiempo.",
    withdraw_later: "Más adelante puede retirarse con él en ",
};
