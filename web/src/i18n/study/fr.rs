//! The texts of the test in French.

use super::StudyTexts;

pub const FRENCH: StudyTexts = StudyTexts {
    opening: "Ouverture de l’étude",
    lead: |seconds| {
        format!(
            "Trois images apparaissent côte à côte pendant {} secondes. L’une montre quelque chose d’entier. Les deux \
             autres sont faites des mêmes morceaux, mal assemblés. Dites laquelle est entière.",
            comma(seconds)
        )
    },
    keys_before: "Appuyez sur ",
    keys_after: ", ou cliquez ou touchez l’endroit où elle se trouvait.",
    how_soon: |seconds| {
        format!(
            "Répondez dès que vous savez ; après {} secondes, il est trop tard. Si vous hésitez, devinez.",
            comma(seconds)
        )
    },
    how_long: |trials, minutes| match minutes {
        0 | 1 => format!("{trials} essais, environ une minute, avec un entraînement et des pauses."),
        minutes => format!("{trials} essais, environ {minutes} minutes, avec un entraînement et des pauses."),
    },
    no_feedback: "Vous ne saurez qu’à la fin si vos réponses étaient justes.",
    kept_by_server: "Vos réponses sont enregistrées sous un nom inventé. Vous pouvez vous retirer à chaque pause et à \
                     la fin ; vos réponses sont alors effacées.",
    kept_in_browser: "Cette copie du site n’a pas de serveur : vos réponses restent dans ce navigateur, et vous pouvez \
                      les enregistrer dans un fichier.",
    fill_screen: "Plein écran (recommandé : rien d’autre ne distrait)",
    start: "Commencer",
    resume_title: "Vous avez commencé ce test",
    resume_text: "Vos réponses sont gardées dans ce navigateur. Vous pouvez reprendre là où vous vous êtes arrêté.",
    resume: "Reprendre",
    start_anew: "Recommencer",
    one_moment: "Un instant",
    opening_session: "Ouverture de votre session",
    loading_pictures: |ready, count| format!("Chargement des images : {ready} sur {count}"),
    measuring_display: "Mesure de l’écran",
    no_refresh_rate: "La fréquence de l’écran n’a pas pu être mesurée. Mettez cette fenêtre au premier plan, \
                      fermez les \
                      programmes lourds et recommencez.",
    picture_failed: "Des images n’ont pas pu être affichées, plusieurs fois de suite. Fermez d’autres onglets et \
                     programmes, puis rechargez la page.",
    cannot_resume: "La session de ce navigateur ne correspond plus à l’étude. Rechargez la page et recommencez.",
    closing: "Enregistrement de vos réponses",
    prompt_whole: "Laquelle est entière ?",
    prompt_different: "Laquelle est différente ?",
    not_stored: "Ce navigateur n’enregistre rien pour ce site. Chaque réponse est donc envoyée aussitôt à l’étude : \
                 restez en ligne et gardez cette page ouverte jusqu’à ce qu’elle dise que tout est enregistré. Ce qui \
                 n’est pas envoyé à la fermeture est perdu.",
    window_too_small: |[width, height], [now_width, now_height]| {
        format!(
            "Cette étude a besoin d’une fenêtre d’au moins {width} sur {height} pixels ; celle-ci a {now_width} sur \
             {now_height}. Agrandissez-la, tournez l’appareil ou réduisez le zoom."
        )
    },
    too_late: "Trop tard",
    right: "Juste",
    wrong: "Ce n’était pas celle-là",
    trials_done: "Essais terminés",
    pause: "Pause",
    practice_title: "Entraînement",
    practice_text: "Quelques essais pour s’habituer. Ils ne comptent pas.",
    practice_again: "Ce n’est pas facile au début. Refaites les mêmes essais ; ils ne comptent pas non plus.",
    ready_title: "Prêt",
    ready_text: "À partir de maintenant, cela compte. Regardez le milieu, les doigts sur 1, 2 et 3.",
    break_title: "Pause",
    break_text: |done, total| {
        format!("{done} essais sur {total} sont terminés. Reposez vos yeux aussi longtemps que vous voulez.")
    },
    pause_title: "En pause",
    pause_comes_again: "Cet essai revient à la fin du bloc. Rien n’est perdu.",
    pause_is_over: "Vous avez vu ces images, elles ne reviennent donc pas. Continuez avec les suivantes quand vous \
                    êtes prêt.",
    next_pictures: |missing| format!("Chargement des images suivantes : encore {missing}"),
    continue_: "Continuer",
    space_key: "espace",
    fill_screen_now: "Plein écran",
    thanks: "Merci",
    compare: "Comparer avec les modèles",
    save_ndjson: "Enregistrer mes réponses (NDJSON)",
    save_csv: "Enregistrer mes réponses (CSV)",
    take_again: "Refaire le test",
    all_kept: |rows| {
        format!(
            "Les {rows} réponses sont dans ce navigateur. Enregistrez-les dans un fichier pour les transmettre."
        )
    },
    all_saved: |rows| format!("Les {rows} réponses sont enregistrées."),
    your_code: "Votre code de fin : ",
    your_receipt: "Votre reçu personnel. Gardez-le si vous pensez vous retirer plus tard, sans ce navigateur : ",
    refused_count: |count| match count {
        1 => "1 réponse a été refusée".to_owned(),
        count => format!("{count} réponses ont été refusées"),
    },
    refused_answer: |index, reason| format!("réponse {index} : {reason}"),
    refused: "Le serveur n’a pas tout accepté. Rien n’est perdu : enregistrez le fichier ci-dessous et envoyez-le à \
              ceux qui mènent l’étude.",
    saving: "Enregistrement de vos réponses…",
    waiting: |waiting, rows| {
        format!(
            "Vos réponses sont dans ce navigateur ; {waiting} sur {rows} attendent d’être envoyées. Laissez cette page \
             ouverte, ou revenez plus tard avec ce navigateur."
        )
    },
    try_again: "Réessayer maintenant",
    withdrawn_title: "Vous vous êtes retiré",
    withdrawn_text: "Vos réponses ont été effacées. Merci pour votre temps.",
    stopped_title: "Cette étude ne peut pas fonctionner",
    stopped_text: "Vos réponses précédentes sont gardées. Rechargez la page pour réessayer.",
};

/// With a decimal comma.
fn comma(number: f64) -> String {
    number.to_string().replace('.', ",")
}
